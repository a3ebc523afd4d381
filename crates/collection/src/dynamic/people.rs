//! Names, jobs, places and telephone numbers.

use super::Draw;

pub const FIRST: &[&str] = &[
    "Ada", "Alan", "Amara", "Anders", "Anita", "Bela", "Bruno", "Carla", "Chen", "Clara", "Dario", "Edith", "Elias", "Emil", "Farah",
    "Felix", "Fiona", "Gita", "Grace", "Hanna", "Hugo", "Ines", "Ivan", "Jana", "Joel", "Kaya", "Kofi", "Lara", "Leon", "Lina", "Malik",
    "Mara", "Mira", "Nadia", "Nils", "Noor", "Olga", "Oscar", "Paula", "Petra", "Rafael", "Rosa", "Samir", "Selma", "Tara", "Theo", "Uma",
    "Vera", "Yara", "Zoe",
];
pub const LAST: &[&str] = &[
    "Adler", "Ahmed", "Baker", "Becker", "Bell", "Berg", "Blum", "Castro", "Cole", "Costa", "Cruz", "Dietz", "Duarte", "Fischer", "Ford",
    "Fox", "Garcia", "Gomes", "Hale", "Haas", "Hopper", "Ito", "Jansen", "Kaur", "Keller", "Khan", "Klein", "Lang", "Larsen", "Lopez",
    "Marsh", "Meyer", "Mori", "Nagy", "Novak", "Okafor", "Olsen", "Park", "Perez", "Quinn", "Reyes", "Rossi", "Silva", "Stein", "Tanaka",
    "Vogel", "Walsh", "Weber", "Wong", "Young",
];
const PREFIX: &[&str] = &["Dr.", "Miss", "Mr.", "Mrs.", "Ms."];
const SUFFIX: &[&str] = &["DDS", "DVM", "I", "II", "III", "IV", "Jr.", "MD", "PhD", "Sr.", "V"];
const JOB_DESCRIPTOR: &[&str] = &[
    "Chief",
    "Corporate",
    "Customer",
    "Direct",
    "District",
    "Dynamic",
    "Forward",
    "Future",
    "Global",
    "Human",
    "Internal",
    "International",
    "Investor",
    "Lead",
    "Legacy",
    "National",
    "Principal",
    "Product",
    "Regional",
    "Senior",
];
const JOB_AREA: &[&str] = &[
    "Accounts",
    "Applications",
    "Assurance",
    "Brand",
    "Communications",
    "Creative",
    "Data",
    "Directives",
    "Factors",
    "Functionality",
    "Identity",
    "Infrastructure",
    "Integration",
    "Interactions",
    "Markets",
    "Metrics",
    "Mobility",
    "Operations",
    "Paradigm",
    "Program",
    "Quality",
    "Research",
    "Response",
    "Security",
    "Solutions",
    "Tactics",
    "Web",
];
const JOB_TYPE: &[&str] = &[
    "Administrator",
    "Agent",
    "Analyst",
    "Architect",
    "Assistant",
    "Associate",
    "Consultant",
    "Coordinator",
    "Designer",
    "Developer",
    "Director",
    "Engineer",
    "Executive",
    "Facilitator",
    "Liaison",
    "Manager",
    "Officer",
    "Orchestrator",
    "Planner",
    "Producer",
    "Representative",
    "Specialist",
    "Strategist",
    "Supervisor",
    "Technician",
];
const CITY: &[&str] = &[
    "Accra", "Bergen", "Bilbao", "Boston", "Brno", "Cairns", "Cork", "Dakar", "Delft", "Dresden", "Gdansk", "Ghent", "Graz", "Hanoi",
    "Kyoto", "Leeds", "Lima", "Lyon", "Malmo", "Nairobi", "Naples", "Oaxaca", "Oslo", "Porto", "Pune", "Quito", "Riga", "Salem", "Seville",
    "Split", "Tampere", "Tartu", "Turin", "Utrecht", "Vilnius", "Zagreb",
];
const STREET: &[&str] = &[
    "Alley", "Avenue", "Bridge", "Bypass", "Circle", "Court", "Crossing", "Drive", "Fields", "Garden", "Gate", "Grove", "Harbor", "Hill",
    "Lane", "Meadow", "Mill", "Park", "Path", "Place", "Ridge", "Road", "Row", "Square", "Street", "Terrace", "Trail", "View", "Walk",
    "Way",
];
const COUNTRY: &[(&str, &str)] = &[
    ("Argentina", "AR"),
    ("Australia", "AU"),
    ("Austria", "AT"),
    ("Belgium", "BE"),
    ("Brazil", "BR"),
    ("Canada", "CA"),
    ("Chile", "CL"),
    ("Croatia", "HR"),
    ("Denmark", "DK"),
    ("Egypt", "EG"),
    ("Estonia", "EE"),
    ("Finland", "FI"),
    ("France", "FR"),
    ("Germany", "DE"),
    ("Ghana", "GH"),
    ("Greece", "GR"),
    ("Iceland", "IS"),
    ("India", "IN"),
    ("Ireland", "IE"),
    ("Italy", "IT"),
    ("Japan", "JP"),
    ("Kenya", "KE"),
    ("Latvia", "LV"),
    ("Mexico", "MX"),
    ("Morocco", "MA"),
    ("Nepal", "NP"),
    ("Netherlands", "NL"),
    ("Norway", "NO"),
    ("Peru", "PE"),
    ("Poland", "PL"),
    ("Portugal", "PT"),
    ("Spain", "ES"),
    ("Sweden", "SE"),
    ("Uruguay", "UY"),
    ("Vietnam", "VN"),
];
const LOCALE: &[&str] = &[
    "af", "ar", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hr", "hu", "it", "ja", "ko", "lt", "lv", "nb", "nl",
    "pl", "pt", "ro", "ru", "sk", "sl", "sv", "tr", "uk", "vi", "zh",
];

/// `name` without `$random`.
pub fn value(draw: &mut Draw<'_>, name: &str) -> Option<String> {
    Some(match name {
        "FirstName" => draw.pick(FIRST).into(),
        "LastName" => draw.pick(LAST).into(),
        "FullName" => full_name(draw),
        "NamePrefix" => draw.pick(PREFIX).into(),
        "NameSuffix" => draw.pick(SUFFIX).into(),
        "JobTitle" => {
            format!("{} {} {}", draw.pick(JOB_DESCRIPTOR), draw.pick(JOB_AREA), draw.pick(JOB_TYPE))
        }
        "JobDescriptor" => draw.pick(JOB_DESCRIPTOR).into(),
        "JobArea" => draw.pick(JOB_AREA).into(),
        "JobType" => draw.pick(JOB_TYPE).into(),
        "PhoneNumber" => phone(draw),
        "PhoneNumberExt" => format!("{}-{}", draw.range(1, 99), phone(draw)),
        "City" => draw.pick(CITY).into(),
        "StreetName" => street(draw),
        "StreetAddress" => format!("{} {}", draw.range(1, 9999), street(draw)),
        "Country" => country(draw).0.into(),
        "CountryCode" => country(draw).1.into(),
        "Locale" => draw.pick(LOCALE).into(),
        "Latitude" => degrees(draw, 90),
        "Longitude" => degrees(draw, 180),
        _ => return None,
    })
}

pub fn full_name(draw: &mut Draw<'_>) -> String {
    format!("{} {}", draw.pick(FIRST), draw.pick(LAST))
}

fn phone(draw: &mut Draw<'_>) -> String {
    format!("{}-{}-{}", draw.range(200, 999), draw.digits(3), draw.digits(4))
}

fn street(draw: &mut Draw<'_>) -> String {
    format!("{} {}", draw.pick(LAST), draw.pick(STREET))
}

fn country(draw: &mut Draw<'_>) -> (&'static str, &'static str) {
    let index = draw.range(0, COUNTRY.len() as i64 - 1);
    COUNTRY.get(index as usize).copied().unwrap_or(("Norway", "NO"))
}

fn degrees(draw: &mut Draw<'_>, limit: i64) -> String {
    format!("{}.{}", draw.range(1 - limit, limit - 1), draw.digits(4))
}
