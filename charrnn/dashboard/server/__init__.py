"""What the server has beside the page: the channels' route, a door that stays usable when it is full, and haste."""
