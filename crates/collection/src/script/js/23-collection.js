// `require('postman-collection')`: what the vendored library needs and gets from us instead,
// so that a script that asks for it does not load megabytes of word lists and charsets.
'use strict';

const names = `
    $guid $timestamp $isoTimestamp $randomInt $randomPhoneNumber $randomPhoneNumberExt $randomLocale $randomWords $randomFilePath $randomDirectoryPath
    $randomCity $randomStreetName $randomStreetAddress $randomCountry $randomCountryCode $randomLatitude $randomLongitude $randomColor $randomDepartment
    $randomProductName $randomProductAdjective $randomProductMaterial $randomProduct $randomCompanyName $randomCompanySuffix $randomCatchPhrase $randomBs
    $randomCatchPhraseAdjective $randomCatchPhraseDescriptor $randomCatchPhraseNoun $randomBsAdjective $randomBsBuzz $randomBsNoun $randomDatabaseColumn
    $randomDatabaseType $randomDatabaseCollation $randomDatabaseEngine $randomDatePast $randomDateFuture $randomDateRecent $randomMonth $randomWeekday
    $randomBankAccount $randomBankAccountName $randomCreditCardMask $randomPrice $randomTransactionType $randomCurrencyCode $randomCurrencyName
    $randomCurrencySymbol $randomBitcoin $randomBankAccountIban $randomBankAccountBic $randomAbbreviation $randomAdjective $randomNoun $randomVerb
    $randomIngverb $randomPhrase $randomAvatarImage $randomImageUrl $randomAbstractImage $randomAnimalsImage $randomBusinessImage $randomCatsImage
    $randomCityImage $randomFoodImage $randomNightlifeImage $randomFashionImage $randomPeopleImage $randomNatureImage $randomSportsImage
    $randomTransportImage $randomImageDataUri $randomEmail $randomExampleEmail $randomUserName $randomProtocol $randomUrl $randomDomainName
    $randomDomainSuffix $randomDomainWord $randomIP $randomIPV6 $randomUserAgent $randomHexColor $randomMACAddress $randomPassword $randomLoremWord
    $randomLoremWords $randomLoremSentence $randomLoremSlug $randomLoremSentences $randomLoremParagraph $randomLoremParagraphs $randomLoremText
    $randomLoremLines $randomFirstName $randomLastName $randomFullName $randomJobTitle $randomNamePrefix $randomNameSuffix $randomJobDescriptor
    $randomJobArea $randomJobType $randomUUID $randomBoolean $randomWord $randomAlphaNumeric $randomFileName $randomCommonFileName $randomMimeType
    $randomCommonFileType $randomCommonFileExt $randomFileType $randomFileExt $randomSemver
`.split(/\s+/).filter(Boolean);

// Its own table draws from word lists; ours is the run's generator, which `--seed` repeats.
internal.replacement('postman-collection/lib/superstring/dynamic-variables', () =>
    Object.fromEntries(names.map((name) => [name, { generator: () => host.dynamic(name, internal.p.now()) }])));

// It adds functions to lodash; scripts keep one without them.
internal.replacement('postman-collection>lodash', () => internal.library('lodash').runInContext());

const charsets = /^(utf-?8|utf-?16(le|be)?|ucs-?2|latin1|iso-?8859-1|windows-1252|binary|(us-)?ascii)$/i;
internal.replacement('iconv-lite', () => ({
    encodingExists: (name) => charsets.test(name),
    decode: (bytes, name) => host.decode(internal.Buffer.from(bytes), name.toLowerCase()),
}));

// Only `parse` is used, and only that is vendored.
internal.replacement('semver', () => ({ parse: internal.file('semver/functions/parse.js') }));

// Our requests, responses and lists count as the library's own: it is loaded for few scripts,
// and those may ask `pm.request instanceof Request`.
internal.adapt('postman-collection/lib/index.js', (sdk) => {
    const { hasInstance } = Symbol;
    const own = Function.prototype[hasInstance];
    const ours = {
        Request: internal.Request, Response: internal.Response, Url: internal.Url, RequestBody: internal.RequestBody, RequestAuth: internal.RequestAuth,
        QueryParam: internal.Param, Header: internal.Header, Cookie: internal.Cookie, PropertyList: internal.PropertyList, HeaderList: internal.HeaderList,
        CookieList: internal.CookieList, VariableScope: internal.VariableScope,
    };
    for (const [name, type] of Object.entries(ours)) {
        Object.defineProperty(sdk[name], hasInstance, {
            configurable: true,
            value(value) { return own.call(this, value) || (this === sdk[name] && own.call(type, value)); },
        });
    }
});
