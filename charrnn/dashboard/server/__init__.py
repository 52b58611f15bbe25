"""What the server has beside the page: the channels' route, and a door that stays usable when it is full."""
