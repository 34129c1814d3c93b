"""The announcement's story, played on real servers: a legacy connector beside PPP in Total, Hold and Partial."""
