//! Sentences from lists of words. All invented.

use super::random::Random;

const THINGS: [&str; 24] = [
    "teapot",
    "lamp post",
    "walnut",
    "bicycle",
    "mailbox",
    "pancake",
    "cactus",
    "umbrella",
    "toaster",
    "snail",
    "staircase",
    "pumpkin",
    "bus ticket",
    "garden hose",
    "doorknob",
    "sandwich",
    "kettle",
    "puddle",
    "paper crane",
    "button",
    "ladder",
    "radiator",
    "tomato",
    "cloud",
];
const ADJECTIVES: [&str; 16] = [
    "tiny",
    "startled",
    "sleepy",
    "crooked",
    "enormous",
    "polite",
    "transparent",
    "grumpy",
    "square",
    "forgotten",
    "suspicious",
    "melting",
    "upside down",
    "striped",
    "lonely",
    "proud",
];
const PLACES: [&str; 12] = [
    "library",
    "train station",
    "office",
    "grocery store",
    "school",
    "harbour",
    "laundromat",
    "museum",
    "bakery",
    "garage",
    "waiting room",
    "campsite",
];
const VERBS: [&str; 10] =
    ["replaces", "bans", "discovers", "apologises to", "outlaws", "elects", "sues", "adopts", "loses", "reopens"];
const BODIES: [&str; 8] = [
    "City council",
    "Local man",
    "Study",
    "Weather office",
    "Area bakery",
    "National museum",
    "Ministry of Spoons",
    "Village choir",
];
const TOWNS: [&str; 8] = [
    "Pumpkin Bay",
    "Upper Teapot",
    "Port Walnut",
    "Lower Ladder Falls",
    "St. Button, QT",
    "Kettle City",
    "Snail Lake, SN",
    "Old Harbour Town",
];
const EMOJIS: [&str; 14] = [
    "\u{1F602}",
    "\u{1F525}",
    "\u{1F60D}",
    "\u{1F680}",
    "\u{1F408}",
    "\u{1F4AF}",
    "\u{1F62E}",
    "\u{1F389}",
    "\u{1F440}",
    // Outside the block that the report counts, with a variation selector, a skin tone, joined by U+200D:
    "\u{1F914}",
    "\u{2764}\u{FE0F}",
    "\u{1F44D}\u{1F3FD}",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}",
    "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}",
];
const FLAGS: [&str; 4] = ["\u{1F1FA}\u{1F1F8}", "\u{1F1E9}\u{1F1EA}", "\u{1F1E7}\u{1F1F7}", "\u{1F1FA}\u{1F1E6}"];

/// A picture sign.
pub fn emoji(random: &mut Random) -> &'static str {
    random.pick::<&str>(&EMOJIS)
}

/// A thing that happens to be remarkable. Sentence case, few capitals.
pub fn sighting(random: &mut Random) -> String {
    let (adjective, thing, place) = (random.pick(&ADJECTIVES), random.pick(&THINGS), random.pick(&PLACES));
    let sighting = match random.below(6) {
        0 => format!("My {place} has a {adjective} {thing}"),
        1 => format!("The {thing} at the {place} looks {adjective} today"),
        2 => format!("This {thing} came with {} spare parts", 2 + random.below(90)),
        3 => format!("Found a {adjective} {thing} behind the {place} in {}", 1950 + random.below(69)),
        4 => format!("I counted {} steps to the {place}, and one {thing}", 10 + random.below(400)),
        _ => format!("A {adjective} {thing} I saw near the {place}"),
    };
    if random.chance(0.5) { format!("{sighting}, {}", random.pick(&TOWNS)) } else { sighting }
}

/// An invitation to alter a picture.
pub fn duel(random: &mut Random) -> String {
    format!("PhotoDuel: {} {}", random.pick(&ADJECTIVES), random.pick(&THINGS))
}

/// An entry to such a duel: short, rarely a capital.
pub fn entry(random: &mut Random) -> String {
    let thing = random.pick(&THINGS);
    match random.below(10) {
        0..3 => "cutouts".to_owned(),
        3 => "Other Versions".to_owned(),
        4 => "here it is".to_owned(),
        5 => format!("I gave it a {thing}"),
        6 => format!("{thing} edition {}", emoji(random)),
        7 => format!("had to add the {thing}"),
        8 => format!("V{}", 2 + random.below(4)),
        _ => format!("what about a {} {thing}", random.pick(&ADJECTIVES)),
    }
}

/// A face where there is none.
pub fn face(random: &mut Random) -> String {
    let (adjective, thing) = (random.pick(&ADJECTIVES), random.pick(&THINGS));
    let mut title = match random.below(4) {
        0 => format!("This {thing} is {adjective}"),
        1 => format!("{} {thing} is watching me!!", capitalised(adjective)),
        2 => format!("The {thing} in my {} smiles!", random.pick(&PLACES)),
        _ => format!("Does anyone else see a {adjective} face in this {thing}?"),
    };
    if random.chance(0.3) {
        for _ in 0..1 + random.below(3) {
            title += emoji(random);
        }
    }
    title
}

/// News, true or not, in sentence case.
pub fn news(random: &mut Random) -> String {
    format!(
        "{} {} {} {} in {} after {} days",
        random.pick(&BODIES),
        random.pick(&VERBS),
        random.pick(&ADJECTIVES),
        random.pick(&THINGS),
        random.pick(&TOWNS),
        2 + random.below(300)
    )
}

/// A satirical headline: Every Word Has A Capital, some shout.
pub fn satire(random: &mut Random) -> String {
    let news = news(random);
    match random.below(4) {
        0 => format!("BREAKING: {}!", news.to_uppercase()),
        1 => format!("\u{201C}{}\u{201D}, Says {}", title_case(&sighting(random)), random.pick(&BODIES)),
        2 => format!("{} {}", title_case(&news), random.pick(&FLAGS)),
        _ => title_case(&news),
    }
}

/// The title of an old poster, its slogan in quotes.
pub fn poster(random: &mut Random) -> String {
    let slogan = format!("MORE {}S FOR EVERY {}", random.pick(&THINGS), random.pick(&PLACES)).to_uppercase();
    let end = *random.pick(&["!", "!!!", ""]);
    format!("\"{slogan}{end}\" (poster, {}s)", 1900 + 10 * random.below(7))
}

/// What an imitating robot asks.
pub fn robot(random: &mut Random) -> String {
    format!(
        "What is the {} {} you ever {}?",
        random.pick(&ADJECTIVES),
        random.pick(&THINGS),
        random.pick(&["ate", "met", "lost"])
    )
}

/// A comment. `excitement` in 0..=1 brings capitals, exclamation marks and emojis.
pub fn comment(random: &mut Random, excitement: f64) -> String {
    let mut sentences = Vec::new();
    for _ in 0..1 + random.below(4) {
        let thing = random.pick(&THINGS);
        let sentence = match random.below(7) {
            0 => format!("That is one {} {thing}.", random.pick(&ADJECTIVES)),
            1 => format!("I had a {thing} like this in {}.", 1970 + random.below(49)),
            2 => "Came here to say this".to_owned(),
            3 => format!("Source? The {} never had a {thing}.", random.pick(&PLACES)),
            4 => format!("> {}\n\nNot quite: it was the {thing}.", sighting(random)),
            5 => format!("Here is [my try](https://pics.example/{}) ", random.below(99_999)),
            _ => format!("{} would be \"proud\"", random.pick(&BODIES)),
        };
        sentences.push(if random.chance(excitement * 0.5) { sentence.to_uppercase() + "!!" } else { sentence });
    }
    let mut body = sentences.join(if random.chance(0.1) { "\n\n" } else { " " });
    if random.chance(0.05 + excitement * 0.6) {
        for _ in 0..1 + random.below(if excitement > 0.5 { 6 } else { 2 }) {
            body += emoji(random);
        }
    }
    body
}

/// The name of somebody who does not exist.
pub fn author(random: &mut Random) -> String {
    let (adjective, thing) = (random.pick(&ADJECTIVES).replace(' ', "_"), random.pick(&THINGS).replace(' ', "_"));
    match random.below(3) {
        0 => format!("{adjective}_{thing}_{:03}", random.below(1000)),
        1 => format!("{}{}{}", capitalised(&adjective), capitalised(&thing), random.below(100)),
        _ => format!("the-{adjective}-{thing}{}", random.below(10)),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn title_case(text: &str) -> String {
    text.split(' ').map(capitalised).collect::<Vec<_>>().join(" ")
}
