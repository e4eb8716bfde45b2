"""The tests mirror `bot/`; stand-ins for outside products lie beside them."""
