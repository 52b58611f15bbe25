"""What a person chooses and drives with: text, settings, player, runs, sharing."""
