"""From bytes to ids and from ids to windows; texts of known entropy; the baselines a network is compared to."""
