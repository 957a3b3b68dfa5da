"""Where the parts of the overview are, in pixels; each follows from those above it."""

from modules.diagram import crossbar, zones

MARGIN, PAD, TITLE = 24, 24, 44
"""Around a page, inside of a container, and the height that its title takes."""
USERS, USERS_HEIGHT = 104, 100
CLOUD_X, CLOUD_Y = MARGIN + USERS + 32, 116
VPC_X, VPC_Y = CLOUD_X + PAD, CLOUD_Y + TITLE

# The band of the zones, with the internet gateway on its left.
BAND_Y = VPC_Y + TITLE
LEFT_X, LEFT, LEFT_CARD = VPC_X + PAD, 224, 200
GATEWAY_Y, GATEWAY_HEIGHT = BAND_Y + 47, 58
# Requests go down below the icons of the internet gateway and the load balancer.
TRUNK_X = LEFT_X + 28

# The band of the services: load balancer, cluster, stores, and the columns of AWS services.
CLUSTER_X, CLUSTER_Y = LEFT_X + LEFT, BAND_Y + zones.HEIGHT + PAD
BALANCER_HEIGHT = 92
TILES_Y = CLUSTER_Y + TITLE
ROWS_Y = TILES_Y + crossbar.TILE_HEIGHT + 28
CARD_X, CARD, CARD_HEIGHT, ROW = CLUSTER_X + 20, 372, 62, 76
