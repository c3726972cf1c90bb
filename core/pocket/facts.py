"""The closed world that Pocket knows: tables of facts, one line or pair each, written for this project."""

from __future__ import annotations


def table(text: str) -> list[tuple[str, ...]]:
    """Rows of a table: entries divided by semicolons, columns by slashes, space around them dropped."""
    rows = [tuple(cell.strip() for cell in entry.split("/")) for entry in text.replace("\n", " ").split(";")]
    return [row for row in rows if row != ("",)]


# country / capital / continent / language
COUNTRIES = table("""
France/Paris/Europe/French; Germany/Berlin/Europe/German; Italy/Rome/Europe/Italian; Spain/Madrid/Europe/Spanish;
Portugal/Lisbon/Europe/Portuguese; Austria/Vienna/Europe/German; Poland/Warsaw/Europe/Polish;
Greece/Athens/Europe/Greek; Sweden/Stockholm/Europe/Swedish; Norway/Oslo/Europe/Norwegian;
Denmark/Copenhagen/Europe/Danish; Finland/Helsinki/Europe/Finnish; Iceland/Reykjavik/Europe/Icelandic;
Ireland/Dublin/Europe/English; England/London/Europe/English; Belgium/Brussels/Europe/Dutch;
Hungary/Budapest/Europe/Hungarian; Romania/Bucharest/Europe/Romanian; Bulgaria/Sofia/Europe/Bulgarian;
Serbia/Belgrade/Europe/Serbian; Croatia/Zagreb/Europe/Croatian; Slovenia/Ljubljana/Europe/Slovenian;
Slovakia/Bratislava/Europe/Slovak; Albania/Tirana/Europe/Albanian; Ukraine/Kyiv/Europe/Ukrainian;
Estonia/Tallinn/Europe/Estonian; Latvia/Riga/Europe/Latvian; Lithuania/Vilnius/Europe/Lithuanian;
Russia/Moscow/Europe/Russian; Scotland/Edinburgh/Europe/English; Wales/Cardiff/Europe/Welsh;
Turkey/Ankara/Asia/Turkish; China/Beijing/Asia/Chinese; Japan/Tokyo/Asia/Japanese; India/New Delhi/Asia/Hindi;
Nepal/Kathmandu/Asia/Nepali; Thailand/Bangkok/Asia/Thai; Vietnam/Hanoi/Asia/Vietnamese;
Mongolia/Ulaanbaatar/Asia/Mongolian; Pakistan/Islamabad/Asia/Urdu; Bangladesh/Dhaka/Asia/Bengali;
Iran/Tehran/Asia/Persian; Iraq/Baghdad/Asia/Arabic; Jordan/Amman/Asia/Arabic; Lebanon/Beirut/Asia/Arabic;
Syria/Damascus/Asia/Arabic; Qatar/Doha/Asia/Arabic; Oman/Muscat/Asia/Arabic; Indonesia/Jakarta/Asia/Indonesian;
South Korea/Seoul/Asia/Korean; Cambodia/Phnom Penh/Asia/Khmer; Laos/Vientiane/Asia/Lao;
Armenia/Yerevan/Asia/Armenian; Georgia/Tbilisi/Asia/Georgian; Egypt/Cairo/Africa/Arabic;
Morocco/Rabat/Africa/Arabic; Tunisia/Tunis/Africa/Arabic; Libya/Tripoli/Africa/Arabic;
Kenya/Nairobi/Africa/Swahili; Ethiopia/Addis Ababa/Africa/Amharic; Nigeria/Abuja/Africa/English;
Ghana/Accra/Africa/English; Senegal/Dakar/Africa/French; Mali/Bamako/Africa/French; Uganda/Kampala/Africa/English;
Somalia/Mogadishu/Africa/Somali; Angola/Luanda/Africa/Portuguese; Zambia/Lusaka/Africa/English;
Zimbabwe/Harare/Africa/English; Sudan/Khartoum/Africa/Arabic; Canada/Ottawa/North America/English;
Mexico/Mexico City/North America/Spanish; Cuba/Havana/North America/Spanish;
Jamaica/Kingston/North America/English; Haiti/Port-au-Prince/North America/French;
Brazil/Brasilia/South America/Portuguese; Argentina/Buenos Aires/South America/Spanish;
Chile/Santiago/South America/Spanish; Peru/Lima/South America/Spanish; Colombia/Bogota/South America/Spanish;
Venezuela/Caracas/South America/Spanish; Ecuador/Quito/South America/Spanish; Uruguay/Montevideo/South America/Spanish;
Paraguay/Asuncion/South America/Spanish; Australia/Canberra/Oceania/English; New Zealand/Wellington/Oceania/English;
Fiji/Suva/Oceania/English
""")

# animal / sound (verb, third person) / young / home / kind
ANIMALS = table("""
cow/moos/calf/farm/mammal; dog/barks/puppy/kennel/mammal; cat/meows/kitten/house/mammal;
sheep/bleats/lamb/meadow/mammal; horse/neighs/foal/stable/mammal; pig/oinks/piglet/sty/mammal;
duck/quacks/duckling/pond/bird; hen/clucks/chick/coop/bird; goose/honks/gosling/lake/bird;
owl/hoots/owlet/barn/bird; lion/roars/cub/savanna/mammal; frog/croaks/tadpole/swamp/amphibian;
bee/buzzes/larva/hive/insect; snake/hisses/snakelet/grass/reptile; wolf/howls/pup/forest/mammal;
mouse/squeaks/pinkie/hole/mammal; crow/caws/nestling/tree/bird; donkey/brays/colt/shed/mammal;
elephant/trumpets/calf/plain/mammal; bear/growls/cub/cave/mammal; dove/coos/squab/dovecote/bird;
turkey/gobbles/poult/yard/bird; goat/bleats/kid/mountain/mammal; cricket/chirps/nymph/field/insect
""")

# animal / kind / home / number of legs in words
CREATURES = table("""
eagle/bird/mountains/two; penguin/bird/cold south/two; parrot/bird/jungle/two; swan/bird/lake/two;
robin/bird/garden/two; ostrich/bird/grassland/two; shark/fish/sea/no; salmon/fish/river/no; trout/fish/stream/no;
tuna/fish/ocean/no; whale/mammal/ocean/no; dolphin/mammal/sea/no; bat/mammal/cave/two; monkey/mammal/jungle/two;
tiger/mammal/jungle/four; fox/mammal/forest/four; rabbit/mammal/burrow/four; camel/mammal/desert/four;
kangaroo/mammal/grassland/two; giraffe/mammal/savanna/four; zebra/mammal/savanna/four; llama/mammal/mountains/four;
alpaca/mammal/mountains/four; squirrel/mammal/tree/four; hedgehog/mammal/garden/four; beaver/mammal/river/four;
crocodile/reptile/river/four; lizard/reptile/desert/four; turtle/reptile/sea/four; toad/amphibian/garden/four;
newt/amphibian/pond/four; ant/insect/anthill/six; butterfly/insect/meadow/six; beetle/insect/forest/six;
fly/insect/house/six; wasp/insect/nest/six; spider/arachnid/web/eight; scorpion/arachnid/desert/eight;
octopus/mollusc/sea/eight; snail/mollusc/garden/no
""")

# person / the same in a palace
ROYALTY = table("man/king; woman/queen; boy/prince; girl/princess")

# he / she
KIN = table("""
man/woman; king/queen; boy/girl; prince/princess; father/mother; son/daughter; uncle/aunt; brother/sister;
grandfather/grandmother; husband/wife; nephew/niece; waiter/waitress; actor/actress
""")

# thing / colour
COLOURS = table("""
sky/blue; sea/blue; grass/green; leaf/green; frog/green; lime/green; spinach/green; cucumber/green; snow/white;
milk/white; salt/white; swan/white; flour/white; coal/black; night/black; crow/black; tar/black; sun/yellow;
lemon/yellow; banana/yellow; butter/yellow; canary/yellow; blood/red; tomato/red; strawberry/red; cherry/red;
fire engine/red; ruby/red; carrot/orange; pumpkin/orange; tangerine/orange; chocolate/brown; coffee/brown; bark/brown;
mud/brown; walnut/brown; ash/grey; elephant/grey; rain cloud/grey; dolphin/grey; flamingo/pink; piglet/pink;
plum/purple; lavender/purple; aubergine/purple; emerald/green; sapphire/blue; polar bear/white; sunflower/yellow;
raven/black
""")

OPPOSITES = table("""
hot/cold; big/small; fast/slow; hard/soft; light/dark; happy/sad; up/down; left/right; open/closed; full/empty;
wet/dry; old/new; young/elderly; tall/short; long/brief; loud/quiet; rich/poor; strong/weak; thick/thin; wide/narrow;
high/low; early/late; clean/dirty; easy/difficult; good/bad; true/false; day/night; black/white; love/hate; war/peace;
begin/end; win/lose; buy/sell; push/pull; give/take; laugh/cry; arrive/leave; remember/forget; near/far; in/out;
above/below; before/after; front/back; inside/outside; always/never; first/last; more/less; many/few;
brave/cowardly; kind/cruel; polite/rude; safe/dangerous; cheap/expensive; sweet/bitter; sharp/blunt; smooth/rough;
deep/shallow; ancient/modern; awake/asleep; alive/dead; friend/enemy; summer/winter; north/south; east/west; top/bottom;
question/answer; success/failure; victory/defeat; health/illness; lazy/hardworking; ugly/beautiful; foolish/wise;
noisy/silent; careful/careless; simple/complicated; visible/hidden; possible/impossible; lucky/unlucky; tight/loose;
straight/crooked; public/private; guilty/innocent; generous/selfish; calm/nervous; increase/decrease; appear/vanish;
build/destroy; accept/refuse; float/sink; freeze/melt; lend/borrow; raise/lower; teach/learn; whisper/shout
""")

DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTH_DAYS = ["31", "28", "31", "30", "31", "30", "31", "31", "30", "31", "30", "31"]
SEASONS = [
    "winter",
    "winter",
    "spring",
    "spring",
    "spring",
    "summer",
    "summer",
    "summer",
    "autumn",
    "autumn",
    "autumn",
    "winter",
]
PLANETS = ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]

# singular / plural
PLURALS = table("""
child/children; mouse/mice; foot/feet; tooth/teeth; goose/geese; man/men; woman/women; person/people; leaf/leaves;
knife/knives; wolf/wolves; wife/wives; life/lives; shelf/shelves; sheep/sheep; fish/fish; deer/deer; ox/oxen;
city/cities; baby/babies; story/stories; box/boxes; bus/buses; dish/dishes; potato/potatoes; hero/heroes; book/books;
house/houses; tree/trees; car/cars; index/indices; vertex/vertices; matrix/matrices; loaf/loaves; thief/thieves
""")

# present / past
PAST = table("""
go/went; see/saw; eat/ate; run/ran; come/came; take/took; give/gave; make/made; write/wrote; read/read; sing/sang;
swim/swam; drink/drank; begin/began; know/knew; grow/grew; throw/threw; fly/flew; draw/drew; find/found; think/thought;
bring/brought; buy/bought; catch/caught; teach/taught; sell/sold; tell/told; keep/kept; sleep/slept; feel/felt;
leave/left; meet/met; lose/lost; send/sent; build/built; break/broke; speak/spoke; choose/chose; drive/drove; ride/rode;
rise/rose; fall/fell; hold/held; stand/stood; understand/understood; win/won; sit/sat; walk/walked; play/played;
jump/jumped
""")

# adjective / comparative / superlative
DEGREES = table("""
good/better/best; bad/worse/worst; big/bigger/biggest; small/smaller/smallest; tall/taller/tallest;
fast/faster/fastest; slow/slower/slowest; happy/happier/happiest; easy/easier/easiest; cold/colder/coldest;
hot/hotter/hottest; old/older/oldest; young/younger/youngest; strong/stronger/strongest; far/farther/farthest;
large/larger/largest; nice/nicer/nicest; funny/funnier/funniest; long/longer/longest; short/shorter/shortest
""")

# English / German / French / Spanish
TRANSLATIONS = table("""
dog/Hund/chien/perro; cat/Katze/chat/gato; house/Haus/maison/casa; water/Wasser/eau/agua; bread/Brot/pain/pan;
milk/Milch/lait/leche; book/Buch/livre/libro; tree/Baum/arbre/arbol; sun/Sonne/soleil/sol; moon/Mond/lune/luna;
day/Tag/jour/dia; night/Nacht/nuit/noche; red/rot/rouge/rojo; green/gruen/vert/verde; blue/blau/bleu/azul;
black/schwarz/noir/negro; white/weiss/blanc/blanco; one/eins/un/uno; two/zwei/deux/dos; three/drei/trois/tres;
hello/hallo/bonjour/hola; yes/ja/oui/si; no/nein/non/no; friend/Freund/ami/amigo; school/Schule/ecole/escuela;
apple/Apfel/pomme/manzana; fish/Fisch/poisson/pez; horse/Pferd/cheval/caballo; king/Koenig/roi/rey;
queen/Koenigin/reine/reina; city/Stadt/ville/ciudad; fire/Feuer/feu/fuego; heart/Herz/coeur/corazon;
love/Liebe/amour/amor; time/Zeit/temps/tiempo
""")

# member / class
CLASSES = table("""
apple/fruit; pear/fruit; banana/fruit; cherry/fruit; grape/fruit; mango/fruit; peach/fruit; carrot/vegetable;
potato/vegetable; onion/vegetable; cabbage/vegetable; spinach/vegetable; leek/vegetable; rose/flower; tulip/flower;
daisy/flower; lily/flower; oak/tree; pine/tree; birch/tree; maple/tree; willow/tree; hammer/tool; saw/tool;
screwdriver/tool; drill/tool; piano/instrument; violin/instrument; flute/instrument; guitar/instrument;
drum/instrument; trumpet/instrument; chair/piece of furniture; table/piece of furniture; sofa/piece of furniture;
wardrobe/piece of furniture; car/vehicle; bus/vehicle; bicycle/vehicle; lorry/vehicle; train/vehicle; shirt/garment;
coat/garment; scarf/garment; sock/garment; gold/metal; iron/metal; copper/metal; silver/metal; tin/metal;
football/sport; tennis/sport; hockey/sport; chess/game; tea/drink; coffee/drink; lemonade/drink; cheese/food;
rice/food; pasta/food; circle/shape; square/shape; triangle/shape; Python/programming language;
Java/programming language; doctor/profession; baker/profession; lawyer/profession
""")

# who / what they do (third person) / where they work
JOBS = table("""
baker/bakes bread/bakery; teacher/teaches pupils/school; farmer/grows crops/farm; doctor/treats patients/hospital;
pilot/flies planes/airport; fisher/catches fish/harbour; tailor/sews clothes/workshop; cook/prepares meals/kitchen;
gardener/looks after plants/garden; librarian/lends books/library; plumber/repairs pipes/bathroom;
firefighter/puts out fires/fire station; dentist/treats teeth/dental practice; judge/decides cases/court;
astronomer/studies stars/observatory; actor/plays roles/theatre; vet/treats animals/animal clinic;
carpenter/makes things from wood/joinery; butcher/sells meat/butcher's shop; waiter/serves guests/restaurant;
sailor/sails ships/ship; painter/paints pictures/studio; programmer/writes software/office;
mechanic/repairs cars/garage; shepherd/looks after sheep/pasture; miner/digs for coal/mine
""")

# tool / purpose
TOOLS = table("""
knife/cut; pen/write; broom/sweep; hammer/hit nails; spoon/eat soup; key/open a lock; saw/cut wood; needle/sew;
telescope/look at stars; thermometer/measure temperature; clock/tell the time; umbrella/stay dry in the rain;
oven/bake; fridge/keep food cold; camera/take photos; ruler/measure length; scales/measure weight; ladder/climb up;
shovel/dig; towel/dry yourself; comb/tidy your hair; lamp/give light; bed/sleep; boat/travel on water; map/find the way;
compass/find north; microscope/look at tiny things; scissors/cut paper; bucket/carry water; kettle/boil water
""")

# work / who made it
AUTHORS = table("""
Hamlet/William Shakespeare; Romeo and Juliet/William Shakespeare; Faust/Goethe; Don Quixote/Cervantes;
War and Peace/Leo Tolstoy; Oliver Twist/Charles Dickens; Pride and Prejudice/Jane Austen; Frankenstein/Mary Shelley;
Dracula/Bram Stoker; The Odyssey/Homer; The Divine Comedy/Dante; Les Miserables/Victor Hugo;
The Hobbit/J. R. R. Tolkien; Alice in Wonderland/Lewis Carroll; Peter Pan/J. M. Barrie; Moby Dick/Herman Melville;
Tom Sawyer/Mark Twain; Robinson Crusoe/Daniel Defoe; Emma/Jane Austen; The Jungle Book/Rudyard Kipling
""")

# question phrase / answer: the greatest of its kind
RECORDS = table("""
highest mountain/Mount Everest; longest river/the Nile; largest ocean/the Pacific; largest continent/Asia;
smallest continent/Australia; largest planet/Jupiter; fastest land animal/the cheetah; largest animal/the blue whale;
tallest animal/the giraffe; largest country/Russia; largest hot desert/the Sahara; largest bird/the ostrich;
smallest planet/Mercury; hottest season/summer; coldest season/winter; shortest month/February
""")

# substance / symbol
SYMBOLS = table("""
gold/Au; silver/Ag; iron/Fe; oxygen/O; hydrogen/H; carbon/C; nitrogen/N; copper/Cu; lead/Pb; sodium/Na; helium/He;
tin/Sn
""")

# body part / what it is for
SENSES = table("""
eyes/see; ears/hear; nose/smell; tongue/taste; skin/touch; legs/walk; teeth/chew; lungs/breathe; brain/think;
heart/pump blood; hands/hold things; stomach/digest food
""")

# product / what it is made from
MADE_FROM = table("""
bread/flour; cheese/milk; butter/cream; wine/grapes; paper/wood; glass/sand; chocolate/cocoa beans; wool/sheep's hair;
raisins/grapes; omelette/eggs; tyres/rubber; candles/wax; yoghurt/milk; cider/apples; olive oil/olives; popcorn/maize;
jam/fruit; leather/animal skin; bricks/clay; chips/potatoes
""")

# word of this lab / what it means
TERMS = table("""
token/a piece of text, often a part of a word, that a language model reads and writes one at a time;
tokenizer/a program that cuts text into tokens and gives each one a number;
vocabulary/the list of all tokens that a model knows;
embedding/a list of numbers that stands for a word or a text, so that similar meanings get similar numbers;
vector/a list of numbers, which can be seen as an arrow or a point in space;
cosine similarity/a number from minus one to one that says how much two vectors point the same way;
dimension/one of the numbers of a vector, like one axis of a map;
context window/the number of tokens that a language model can see at once;
prompt/the text that you give to a language model so that it continues it;
language model/a program that predicts the next token of a text;
temperature/a setting that says how daring a model is when it picks the next token;
greedy decoding/always taking the most likely next token;
sampling/drawing the next token at random, likely ones more often;
top k/a rule that only the k most likely tokens may be drawn;
top p/a rule that only the most likely tokens that together reach the share p may be drawn;
quantisation/storing the numbers of a model with fewer bits so that it becomes smaller and faster;
parameter/one of the numbers inside a model that training sets;
weights/the numbers inside a model that training sets;
training/changing the numbers of a model little by little until its predictions get better;
fine-tuning/training a finished model a little more for one task;
instruction tuning/training a language model on questions with answers so that it follows instructions;
base model/a model that only continues text and was not tuned to answer;
chat model/a model that was tuned to answer in a conversation;
llama/an animal from South America, and also a family of language models;
alpaca/a woolly animal from South America, and also a LLaMA model tuned to follow instructions;
transformer/a kind of neural network that uses attention to read text;
attention/the part of a model that decides which earlier tokens matter for the next one;
neural network/a program made of many simple units that learns from examples;
loss/a number that says how wrong the predictions of a model are;
perplexity/a number that says between how many tokens a model hesitates on average;
hallucination/a fluent answer of a model that is not true;
bias/a lean in the data or the model that treats groups of people differently;
analogy/a relation between two things that is carried over to two others;
word2vec/a method that learns word vectors by predicting neighbouring words;
GloVe/a set of word vectors learned from counts of words that occur together;
cluster/a group of points that lie close together;
projection/a way to draw points of many dimensions on a flat map;
UMAP/a method that draws points of many dimensions on a flat map and keeps neighbours together;
semantic search/search that finds texts by their meaning and not only by their words;
keyword search/search that finds texts which contain the same words;
vector database/a store that quickly finds the vectors nearest to a given one;
nearest neighbour/the point that lies closest to a given one;
stop word/a very common word such as the or and;
stemming/cutting words down to their stem so that walks and walking become the same;
grammar/a set of rules that says which texts a model may write;
JSON/a text format for data made of keys and values;
SQL/a language for asking questions of a database;
database/an ordered store of data;
GGUF/a file format for language models that run on a laptop;
checkpoint/a saved state of a model during training;
seed/a number that makes random choices repeatable;
batch/a group of examples that a model reads together;
epoch/one pass through all the training data;
overfitting/learning the training examples by heart instead of the rule behind them;
retrieval/finding fitting texts and giving them to a model as context;
system prompt/a text before the conversation that tells a chat model how to behave;
latency/the time that you wait for an answer;
open source/software whose code everybody may read, use and change;
laptop/a small computer that you can carry with you;
logit/the raw score of a token before it becomes a probability
""")

# person's concept for the persona to teach / explanation in one sentence
SQL_TOPICS = table("""
SELECT/SELECT chooses the columns that you want to see; WHERE/WHERE keeps only the rows that fit a condition;
ORDER BY/ORDER BY sorts the rows; GROUP BY/GROUP BY puts rows with the same value together so that you can count them;
JOIN/JOIN brings two tables together by a column that they share; COUNT/COUNT says how many rows there are;
INSERT/INSERT puts a new row into a table; DELETE/DELETE takes rows out of a table;
UPDATE/UPDATE changes values in rows that are already there; LIMIT/LIMIT shows only the first few rows;
DISTINCT/DISTINCT leaves out rows that are the same; a primary key/a primary key is a column that names each row once
""")

FIRST_NAMES = """Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Kim Lena Max Nora Oscar Paula Quinn Rosa Sam Tom
Uma Vera Walter Yara Zoe Amir Bella Carlos Diana Elif Farid Gina Hana Ivan Jana Karim Lucy Marco Nina Olga Pedro Rita
Sven Tara Victor Wendy Yusuf Alice Bob Carol Dan Eve Frank Grace Harry Iris Jack Kate Leo Mia Noah Olivia Peter Ruth
Simon Tina Ursula Vincent Willow Adam Bruno Celia Dora Erik Fiona George Helen Igor Julia Kurt Laura Martin Nick Otto
Petra Ralf Sara Theo Ulrich Viola Anton Mila Ravi Priya Chen Mei Kofi Ama Tariq Layla Nia Omar Sofia Mateo Lucia Hiro
Yuki Sana Zack Elena Milo Ella Finn Ruby Oliver Maya Louis Ava Henry Freya Arthur Holly Dylan Megan""".split()

CITIES = """Hamburg Munich Cologne Leipzig Bristol Leeds York Oxford Lyon Nice Milan Turin Naples Porto Seville Ghent
Basel Zurich Geneva Graz Linz Gdansk Krakow Malmo Bergen Turku Boston Chicago Dallas Denver Seattle Austin Toronto
Montreal Sydney Perth Mumbai Osaka Kyoto Lagos Cork Galway Dresden Bremen Bath Dover Riga Oslo Rome Paris Berlin Madrid
London Vienna Prague Athens Lisbon""".split()

FOODS = """pizza soup rice pasta curry salad pancakes cheese bread chocolate apples dumplings noodles sushi tacos
cake porridge fish beans waffles strawberries cheesecake honey popcorn falafel omelette""".replace("\n", " ").split()

HOBBIES = """chess swimming painting reading cooking dancing singing hiking football tennis gardening knitting cycling
sailing running climbing fishing skating drawing baking""".split()

COLOUR_NAMES = "red blue green yellow orange purple pink brown black white grey turquoise".split()

PETS = "dog cat rabbit hamster parrot turtle goldfish horse pony mouse canary lizard".split()

PET_NAMES = """Rex Bella Luna Max Coco Milo Daisy Rocky Nala Simba Fluffy Biscuit Pepper Ginger Shadow Lucky Bruno
Snowy Muffin Ziggy Waffle Pickle Tiger Bubbles Oreo Peanut Cookie Misty""".split()

NUMBER_WORDS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen twenty""".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
