"""Tells people what happened: in the console, by mail, over WhatsApp, through signed webhooks."""
