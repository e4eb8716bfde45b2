// Reads a calendar with two parsers, and tells as JSON what each of them understood.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";

const text = readFileSync(process.argv[2], "utf8");
const two = (number) => String(number).padStart(2, "0");
const day = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;

function withIcalJs() {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const told = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const status = component.getFirstPropertyValue("status");
    return [event.uid, told(event.startDate), told(event.endDate), status, event.summary];
  });
}

function withNodeIcal() {
  const told = (date, event) => (event.datetype === "date" ? day(date) : date.toISOString());
  return Object.values(nodeIcal.sync.parseICS(text))
    .filter((each) => each.type === "VEVENT")
    .map((each) => [each.uid, told(each.start, each), told(each.end, each), each.status, each.summary]);
}

console.log(JSON.stringify({ "ical.js": withIcalJs(), "node-ical": withNodeIcal() }));
