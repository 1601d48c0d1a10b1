package detector

// all are the detectors. Where two find the same, the earlier one has it: those
// that know more stand first.
var all = []*Detector{
	&privateKey, &databaseURL, &urlCredentials, &jwt, &awsAccessKey, &awsSecretKey, &gcpCredential, &googleAPIKey, &azureClientSecret, &azureKey, &githubToken, &gitlabToken, &slackToken, &stripeKey, &twilioKey, &sendgridKey, &openaiKey, &anthropicKey, &huggingfaceToken, &npmToken, &pypiToken, &basicAuth, &bearerToken, &password, &genericSecret,
	&email, &creditCard, &iban, &bic, &phone, &ipv4, &ipv6, &mac,
	&usSSN, &usITIN, &usEIN, &usPassport, &usBankRouting, &usDriverLicense, &usMBI, &usNPI, &usDEA, &medicalRecord,
	&ukNINO, &ukNHS, &deTaxID, &deIDCard, &frNIR, &esDNI, &esNIE, &itCodiceFiscale, &nlBSN, &beNationalNumber, &ptNIF, &plPESEL, &sePersonnummer, &fiHETU, &dkCPR, &noFodselsnummer, &chAHV, &brCPF,
	&brCNPJ, &mxCURP, &inAadhaar, &inPAN, &auTFN, &auMedicare, &auABN, &caSIN, &sgNRIC, &krRRN, &jpMyNumber, &cnResidentID, &zaID, &trKimlik, &bitcoinAddress,
	&litecoinAddress, &tronAddress, &ethereumAddress, &vin, &dateOfBirth, &coordinates,
}

// All returns all detectors. The slice and what it points to are shared and not
// to be changed.
func All() []*Detector { return all }
