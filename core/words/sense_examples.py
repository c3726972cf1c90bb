"""Sentences for words with several senses, written for the lab; each line begins with the name of its sense."""

EXAMPLES: dict[str, str] = {
    "bank": """river: We sat on the bank and watched the water go by.
river: The boat was tied to the muddy bank of the stream.
river: Willows grow along the bank of the river.
river: The fisherman walked down the steep bank.
money: She opened an account at the bank last week.
money: The bank refused to lend him any more money.
money: He works as a cashier in a small bank.
money: Interest rates at the bank have gone up again.""",
    "bat": """animal: A bat flew out of the cave at dusk.
animal: The bat hangs upside down while it sleeps.
animal: Every bat finds insects in the dark by sound.
animal: We saw a small brown bat under the roof of the barn.
game: He swung the bat and hit the ball over the fence.
game: Her new cricket bat is made of willow.
game: The player dropped his bat and ran to first base.
game: She held the bat with both hands and waited for the ball.""",
    "spring": """season: In spring the apple trees are in blossom.
season: The birds come back early in spring.
season: Last spring was cold, and then came a hot summer.
season: We plant the potatoes in spring.
metal: The spring in the old mattress is broken.
metal: A steel spring pushes the door shut.
metal: Press the spring and let it jump back.
metal: The clock stopped because its spring had snapped.
water: They drank clear water from a spring in the rock.
water: The brook begins at a spring high on the mountain.
water: A hot spring feeds the bath with mineral water.
water: The village takes its water from a spring in the woods.""",
    "cell": """prison: The prisoner paced up and down in his cell.
prison: The guard locked the door of the cell.
prison: Two men shared one cell of the old jail.
biology: Each cell of the body holds the same genes.
biology: Under the microscope she saw the cell divide.
biology: A virus enters the cell and copies itself.
phone: Call me on my cell when you arrive.
phone: He left his cell on the train and lost all his contacts.
phone: My cell has no signal in this valley.""",
    "mouse": """animal: The cat caught a mouse in the kitchen.
animal: A mouse ran across the floor of the barn.
animal: The mouse ate the cheese and ran back to its hole.
animal: An owl can hear a mouse under the snow.
computer: Click the left button of the mouse to open the file.
computer: The mouse and the keyboard are plugged into the screen.
computer: Move the mouse until the pointer is over the icon.
computer: A wireless mouse needs a new battery now and then.""",
    "light": """weight: The bag is light enough to carry with one hand.
weight: This tent is light and packs very small.
weight: A light bicycle is easier to carry up the stairs.
weight: Balsa is a light wood, and easy to cut.
lamp: Please turn on the light in the hall.
lamp: The light of the candle flickered on the wall.
lamp: A bright light shone through the window at night.
lamp: The lamp gives too little light to read by.""",
}
"""By word. The first one is what the view opens with."""
