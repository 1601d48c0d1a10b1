package migrate

// Reasons why a kind of data is lost.
const (
	needsLanguage = "is found by a language model there; rules cannot find it"
	noDetector    = "there is no detector for it; write a rule with a pattern"
	tooCommon     = "is mostly harmless, so there is no detector for it; write a rule with a pattern"
)

// entity is what becomes of a kind of data: detectors, or a reason.
type entity struct {
	detectors []string
	reason    string // also beside detectors, which find a part of it
}

func known(detectors ...string) entity { return entity{detectors, ""} }
func lost(reason string) entity        { return entity{nil, reason} }

// presidioEntities are Presidio's, which LiteLLM uses too:
// https://microsoft.github.io/presidio/supported_entities/
var presidioEntities = map[string]entity{
	"CREDIT_CARD": known("credit_card"), "EMAIL_ADDRESS": known("email"), "IBAN_CODE": known("iban"), "IP_ADDRESS": known("ipv4", "ipv6"),
	"PHONE_NUMBER": known("phone"), "MEDICAL_LICENSE": known("us_dea"), "MAC_ADDRESS": known("mac"),
	"CRYPTO": known("bitcoin_address"),
	"US_SSN": known("us_ssn"), "US_ITIN": known("us_itin"), "US_PASSPORT": known("us_passport"), "US_DRIVER_LICENSE": known("us_driver_license"),
	"US_MBI": known("us_mbi"), "US_NPI": known("us_npi"), "ABA_ROUTING_NUMBER": known("us_bank_routing"),
	"UK_NHS": known("uk_nhs"), "UK_NINO": known("uk_nino"),
	"ES_NIF": known("es_dni"), "ES_NIE": known("es_nie"), "IT_FISCAL_CODE": known("it_codice_fiscale"), "PL_PESEL": known("pl_pesel"),
	"SG_NRIC_FIN": known("sg_nric"), "AU_ABN": known("au_abn"), "AU_TFN": known("au_tfn"), "AU_MEDICARE": known("au_medicare"),
	"IN_PAN": known("in_pan"), "IN_AADHAAR": known("in_aadhaar"), "FI_PERSONAL_IDENTITY_CODE": known("fi_hetu"), "KR_RRN": known("kr_rrn"),
	"DE_TAX_ID": known("de_tax_id"), "DE_ID_CARD": known("de_id_card"), "SE_PERSONNUMMER": known("se_personnummer"), "CA_SIN": known("ca_sin"),
	"PERSON": lost(needsLanguage), "LOCATION": lost(needsLanguage), "NRP": lost(needsLanguage), "ORGANIZATION": lost(needsLanguage), "AGE": lost(needsLanguage), "ID": lost(needsLanguage),
	"DATE_TIME": {[]string{"date_of_birth"}, "only dates of birth have a detector"},
	"URL":       lost(tooCommon), "DOMAIN_NAME": lost(tooCommon),
}

// presidioRecognizers are the names of Presidio's own recognizers:
// https://github.com/microsoft/presidio/blob/main/presidio-analyzer/presidio_analyzer/conf/default_recognizers.yaml
var presidioRecognizers = map[string]string{
	"CreditCardRecognizer": "CREDIT_CARD", "EmailRecognizer": "EMAIL_ADDRESS", "IbanRecognizer": "IBAN_CODE", "IpRecognizer": "IP_ADDRESS",
	"PhoneRecognizer": "PHONE_NUMBER", "MedicalLicenseRecognizer": "MEDICAL_LICENSE", "CryptoRecognizer": "CRYPTO", "MacAddressRecognizer": "MAC_ADDRESS",
	"UsSsnRecognizer": "US_SSN", "UsItinRecognizer": "US_ITIN", "UsPassportRecognizer": "US_PASSPORT", "UsLicenseRecognizer": "US_DRIVER_LICENSE",
	"UsMbiRecognizer": "US_MBI", "UsNpiRecognizer": "US_NPI", "ABARoutingRecognizer": "ABA_ROUTING_NUMBER", "AbaRoutingRecognizer": "ABA_ROUTING_NUMBER",
	"NhsRecognizer": "UK_NHS", "UkNinoRecognizer": "UK_NINO", "EsNifRecognizer": "ES_NIF", "EsNieRecognizer": "ES_NIE",
	"ItFiscalCodeRecognizer": "IT_FISCAL_CODE", "PlPeselRecognizer": "PL_PESEL", "SgFinRecognizer": "SG_NRIC_FIN",
	"AuAbnRecognizer": "AU_ABN", "AuTfnRecognizer": "AU_TFN", "AuMedicareRecognizer": "AU_MEDICARE", "InPanRecognizer": "IN_PAN",
	"InAadhaarRecognizer": "IN_AADHAAR", "FiPersonalIdentityCodeRecognizer": "FI_PERSONAL_IDENTITY_CODE", "KrRrnRecognizer": "KR_RRN",
	"DateRecognizer": "DATE_TIME", "UrlRecognizer": "URL",
	"SpacyRecognizer": "PERSON", "StanzaRecognizer": "PERSON", "TransformersRecognizer": "PERSON", "GLiNERRecognizer": "PERSON",
}

// bedrockTypes are the PII types of Bedrock's guardrails:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GuardrailPiiEntityConfig.html
var bedrockTypes = map[string]entity{
	"AWS_ACCESS_KEY": known("aws_access_key"), "AWS_SECRET_KEY": known("aws_secret_key"), "CA_SOCIAL_INSURANCE_NUMBER": known("ca_sin"),
	"CREDIT_DEBIT_CARD_NUMBER": known("credit_card"), "DRIVER_ID": {[]string{"us_driver_license"}, "only driver's licenses of the USA have a detector"},
	"EMAIL": known("email"), "INTERNATIONAL_BANK_ACCOUNT_NUMBER": known("iban"), "IP_ADDRESS": known("ipv4", "ipv6"), "MAC_ADDRESS": known("mac"),
	"PASSWORD": known("password"), "PHONE": known("phone"), "SWIFT_CODE": known("bic"), "UK_NATIONAL_HEALTH_SERVICE_NUMBER": known("uk_nhs"),
	"UK_NATIONAL_INSURANCE_NUMBER": known("uk_nino"), "US_BANK_ROUTING_NUMBER": known("us_bank_routing"),
	"US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER": known("us_itin"), "US_PASSPORT_NUMBER": known("us_passport"), "US_SOCIAL_SECURITY_NUMBER": known("us_ssn"),
	"VEHICLE_IDENTIFICATION_NUMBER": known("vin"),
	"NAME":                          lost(needsLanguage), "ADDRESS": lost(needsLanguage), "AGE": lost(needsLanguage), "USERNAME": lost(needsLanguage),
	"URL": lost(tooCommon),
}

// kongCategories are what Kong's ai-sanitizer anonymizes, but for custom and those
// with all: https://developer.konghq.com/plugins/ai-sanitizer/reference/
var kongCategories = map[string]entity{
	"phone": known("phone"), "email": known("email"), "creditcard": known("credit_card"), "ip": known("ipv4", "ipv6"), "ssn": known("us_ssn"),
	"crypto":        known("bitcoin_address", "litecoin_address", "tron_address", "ethereum_address"),
	"bank":          known("iban", "bic", "us_bank_routing"),
	"driverlicense": {[]string{"us_driver_license"}, "only driver's licenses of the USA have a detector"},
	"passport":      {[]string{"us_passport", "de_id_card"}, "only passports of the USA and Germany have a detector"},
	"medical":       {[]string{"medical_record", "us_mbi", "us_npi", "us_dea", "uk_nhs"}, "only numbers have detectors, diagnoses have none"},
	"nationalid": known(
		"us_ssn", "us_itin", "uk_nino", "de_tax_id", "de_id_card", "fr_nir", "es_dni", "es_nie", "it_codice_fiscale", "nl_bsn", "be_national_number",
		"pt_nif", "pl_pesel", "se_personnummer", "fi_hetu", "dk_cpr", "no_fodselsnummer", "ch_ahv", "br_cpf", "mx_curp", "in_aadhaar", "in_pan",
		"au_tfn", "ca_sin", "sg_nric", "kr_rrn", "jp_my_number", "cn_resident_id", "za_id", "tr_kimlik"),
	"date":    {[]string{"date_of_birth"}, "only dates of birth have a detector"},
	"general": lost(needsLanguage), "nrp": lost(needsLanguage),
	"domain": lost(tooCommon), "url": lost(tooCommon),
}

// entity adds the rules for a kind of data.
func (b *builder) entity(path string, table map[string]entity, name, action string, answers bool) {
	e, ok := table[name]
	if !ok {
		e = lost(noDetector)
	}
	b.detectors(path, e.detectors, action, answers)
	if e.reason != "" {
		b.lose(path, name+": "+e.reason)
	}
}
