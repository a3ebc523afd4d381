//! Every documented name gives a value; formats and seeds hold.

use super::*;

const NAMES: &str = "guid timestamp isoTimestamp randomInt randomPhoneNumber randomPhoneNumberExt randomLocale randomWords \
randomFilePath randomDirectoryPath randomCity randomStreetName randomStreetAddress randomCountry randomCountryCode randomLatitude \
randomLongitude randomColor randomDepartment randomProductName randomProductAdjective randomProductMaterial randomProduct \
randomCompanyName randomCompanySuffix randomCatchPhrase randomBs randomCatchPhraseAdjective randomCatchPhraseDescriptor \
randomCatchPhraseNoun randomBsAdjective randomBsBuzz randomBsNoun randomDatabaseColumn randomDatabaseType randomDatabaseCollation \
randomDatabaseEngine randomDatePast randomDateFuture randomDateRecent randomMonth randomWeekday randomBankAccount \
randomBankAccountName randomCreditCardMask randomPrice randomTransactionType randomCurrencyCode randomCurrencyName \
randomCurrencySymbol randomBitcoin randomBankAccountIban randomBankAccountBic randomAbbreviation randomAdjective randomNoun \
randomVerb randomIngverb randomPhrase randomAvatarImage randomImageUrl randomAbstractImage randomAnimalsImage randomBusinessImage \
randomCatsImage randomCityImage randomFoodImage randomNightlifeImage randomFashionImage randomPeopleImage randomNatureImage \
randomSportsImage randomTransportImage randomImageDataUri randomEmail randomExampleEmail randomUserName randomProtocol randomUrl \
randomDomainName randomDomainSuffix randomDomainWord randomIP randomIPV6 randomUserAgent randomHexColor randomMACAddress \
randomPassword randomLoremWord randomLoremWords randomLoremSentence randomLoremSlug randomLoremSentences randomLoremParagraph \
randomLoremParagraphs randomLoremText randomLoremLines randomFirstName randomLastName randomFullName randomJobTitle \
randomNamePrefix randomNameSuffix randomJobDescriptor randomJobArea randomJobType randomUUID randomBoolean randomWord \
randomAlphaNumeric randomFileName randomCommonFileName randomMimeType randomCommonFileType randomCommonFileExt randomFileType \
randomFileExt randomSemver";

fn fresh(seed: u64) -> Dynamic {
    Dynamic::seeded(seed, Arc::new(|| 1_700_000_000_123_456))
}

#[test]
fn every_documented_name_gives_a_value() {
    let mut dynamic = fresh(7);
    for name in NAMES.split_whitespace() {
        let value = dynamic.value(&format!("${name}")).unwrap_or_default();
        assert!(!value.is_empty(), "{name}");
        assert!(!value.contains("{{"), "{name}: {value}");
    }
    assert_eq!(NAMES.split_whitespace().count(), 118);
    assert_eq!(dynamic.value("$randomNothing"), None);
    assert_eq!(dynamic.value("guid"), None);
}

#[test]
fn times_come_from_the_given_clock() {
    let mut dynamic = fresh(7);
    assert_eq!(dynamic.value("$timestamp").unwrap(), "1700000000");
    assert_eq!(dynamic.value("$isoTimestamp").unwrap(), "2023-11-14T22:13:20.123Z");
}

#[test]
fn a_seed_repeats_and_two_uses_differ() {
    let draw = |seed| {
        let mut dynamic = fresh(seed);
        [dynamic.value("$guid"), dynamic.value("$guid")]
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    assert_ne!(draw(1)[0], draw(1)[1]);
}

#[test]
fn formats_hold() {
    let mut dynamic = fresh(3);
    for _ in 0..200 {
        let int: i64 = dynamic.value("$randomInt").unwrap().parse().unwrap();
        assert!((0..=1000).contains(&int));
        assert!(dynamic.value("$randomIP").unwrap().parse::<std::net::Ipv4Addr>().is_ok());
        assert!(dynamic.value("$randomIPV6").unwrap().parse::<std::net::Ipv6Addr>().is_ok());
        assert!(dynamic.value("$randomUUID").unwrap().parse::<uuid::Uuid>().is_ok());
        assert!(url::Url::parse(&dynamic.value("$randomUrl").unwrap()).is_ok());
        assert_eq!(iban_remainder(&dynamic.value("$randomBankAccountIban").unwrap()), 1);
    }
}

/// ISO 7064 mod 97: 1 for a valid IBAN.
fn iban_remainder(iban: &str) -> u32 {
    let turned = format!("{}{}", &iban[4..], &iban[..4]);
    turned.chars().filter_map(|c| c.to_digit(36)).fold(0, |rest, digit| {
        if digit > 9 {
            (rest * 100 + digit) % 97
        } else {
            (rest * 10 + digit) % 97
        }
    })
}
