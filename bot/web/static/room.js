// The room, kept up to date. Without this file everything works as well, page by page.
"use strict";

const MOST_ARTICLES = 200;
const WAIT_WHEN_BUSY = 15000;
const AT_THE_BOTTOM = 160;

const find = (id) => document.getElementById(id);
const room = find("messages");
const who = find("who");
const waiting = new Map(); // articles that changed while somebody was busy in them
let version = Number(room.dataset.version);
let source = null;
let unread = 0;

// Telling: the live region is heard, the line in the article is seen.

function announce(text) {
  find("live").textContent = text;
}

function tell(article, text, refused) {
  const line = article.querySelector(".told");
  line.textContent = (refused ? "✗ " : "✓ ") + text;
  line.classList.toggle("refused", refused);
  line.hidden = false;
  announce(text);
}

function state(text) {
  find("state").textContent = text;
  find("state").hidden = false;
}

// Scrolling: a reader who looks at the newest goes along, nobody else is moved.

function atBottom() {
  return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - AT_THE_BOTTOM;
}

function toBottom() {
  window.scrollTo(0, document.documentElement.scrollHeight);
}

function countUnread(count) {
  unread = count;
  find("more").hidden = count === 0;
  find("more-text").textContent = count === 1 ? "1 nytt meddelande" : `${count} nya meddelanden`;
}

// Showing: a new article goes to its place, a changed one takes the place of the old.

function typedIn(form) {
  return [...form.elements].some((field) =>
    field.tagName === "SELECT" ? [...field.options].some((o) => o.selected !== o.defaultSelected) && field.value
      : field.type === "radio" ? field.checked !== field.defaultChecked
        : field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue);
}

function busy(article) {
  const typing = [...article.querySelectorAll("details[open] form")].some(typedIn);
  const focused = article.contains(document.activeElement) && !("answered" in article.dataset);
  return "sending" in article.dataset || typing || focused;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("article");
}

function replace(old, fresh) {
  const told = old.querySelector(".told");
  const focused = old.contains(document.activeElement);
  old.replaceWith(fresh);
  if (!told.hidden) fresh.querySelector(".told").replaceWith(told);
  if (focused) fresh.focus({ preventScroll: true });
  waiting.delete(fresh.id);
}

function offer(old, fresh) {
  waiting.set(old.id, fresh);
  if ("sending" in old.dataset || old.querySelector(".hint-changed")) return;
  const hint = document.createElement("p");
  hint.className = "hint-changed";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "Uppdaterat – ladda om";
  button.addEventListener("click", () => replace(old, waiting.get(old.id)));
  hint.append(button);
  old.append(hint);
  announce(`Meddelandet har uppdaterats: ${titleOf(fresh)}`);
}

function titleOf(article) {
  return article.querySelector("h2").textContent;
}

function trim() {
  while (room.children.length > MOST_ARTICLES && !busy(room.firstElementChild)) room.firstElementChild.remove();
}

function add(fresh) {
  const follow = atBottom();
  const number = Number(fresh.dataset.number);
  const later = [...room.children].find((each) => Number(each.dataset.number) > number);
  if (later && later === room.firstElementChild) return; // older than what this page shows
  fresh.classList.add("arrived");
  room.insertBefore(fresh, later || null);
  find("empty").hidden = true;
  announce(`Nytt meddelande: ${titleOf(fresh)}`);
  if (follow) { trim(); toBottom(); } else countUnread(unread + 1);
}

function show(html) {
  const fresh = parsed(html);
  const old = find(fresh.id);
  if (!old) add(fresh);
  else if (busy(old)) offer(old, fresh);
  else {
    const follow = atBottom();
    replace(old, fresh);
    if (follow) toBottom();
  }
}

// Listening: only while somebody can see the page, since browsers allow few connections.

function listen() {
  if (source || document.hidden) return;
  source = new EventSource(`/stream?after=${version}`);
  source.addEventListener("open", () => state("● Sidan uppdateras av sig själv."));
  source.addEventListener("message", (event) => {
    version = Number(event.lastEventId) || version;
    show(event.data);
  });
  source.addEventListener("clock", (event) => {
    for (const clock of document.querySelectorAll("[data-clock]")) clock.textContent = event.data;
  });
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return;
    state("○ Sidan uppdateras inte just nu. Den försöker igen.");
    rest();
    setTimeout(listen, WAIT_WHEN_BUSY);
  });
}

function rest() {
  if (source) source.close();
  source = null;
}

// Answering: the same forms as without this file, sent without leaving the page.

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  if (!body.get("by") && find("by").value.trim()) body.set("by", find("by").value.trim());
  const headers = { "X-Requested-With": "fetch" };
  try {
    const response = await fetch(form.action, { method: "POST", body, headers, redirect: "error" });
    return await response.json();
  } catch {
    return { ok: false, text: "Svaret kom inte fram. Kontrollera anslutningen och försök igen; samma svar räknas en gång." };
  }
}

function finish(article, form, told) {
  delete article.dataset.sending;
  tell(article, told.text, !told.ok);
  if (!told.ok) {
    if (!find("by").value.trim()) find("by").focus({ preventScroll: true });
    return;
  }
  form.elements.nonce.value = told.nonce;
  form.reset();
  const unfolded = form.closest("details");
  if (unfolded) {
    unfolded.open = false;
    unfolded.querySelector("summary").focus({ preventScroll: true });
  }
  if (waiting.has(article.id)) replace(article, waiting.get(article.id));
  else article.dataset.answered = "";
}

async function submit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (form.getAttribute("aria-busy")) return;
  const article = form.closest("article");
  form.setAttribute("aria-busy", "true");
  if (article) article.dataset.sending = "";
  const told = await send(form, event.submitter);
  form.removeAttribute("aria-busy");
  if (article) finish(article, form, told);
  else {
    find("who-told").textContent = told.text;
    announce(told.text);
  }
}

document.addEventListener("submit", submit);
document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
window.addEventListener("pagehide", rest);
window.addEventListener("pageshow", listen);
window.addEventListener("scroll", () => { if (unread && atBottom()) countUnread(0); }, { passive: true });
find("more").addEventListener("click", () => { toBottom(); countUnread(0); });
if (!location.hash && !find("said")) toBottom();
listen();
