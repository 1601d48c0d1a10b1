package detector

var medicalRecord = Detector{
	Name:        "medical_record",
	Title:       "Medical record number",
	Placeholder: "MRN",
	Pattern:     `(?<![0-9A-Za-z_])(?i:(?:mrn|medical[ _-]?record(?:[ _-]?(?:number|no|id|nr))?|patient[ _-]?(?:id|number|no)|patientennummer|patienten-?id|numéro de dossier)[.:#="' ]{1,4}(?:is |lautet )?["']?((?:[a-z]{1,4}-?)?[0-9][0-9-]{3,13}[0-9]))(?![0-9A-Za-z_]|[./][0-9])`,
	Group:       1,
	Validation:  "a number straight behind words such as “MRN” or “patient ID”",
	Severity:    high,
	Packs:       []string{PackHealth},
	Source:      "https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/index.html",
	Examples: Examples{
		Match: []Example{
			{"MRN: 00123456", "00123456"},
			{`{"patient_id": "PT-884422"}`, "PT-884422"},
			{"medical record number is 12-34-56-7", "12-34-56-7"},
			{"Patientennummer 4455667", "4455667"},
		},
		NoMatch: []string{"00123456", "MRN 123", "mrna 123456", "patient identity 123456", "patient 123456", "MRN: A", "MRN 1234567890123456", "xmrn: 123456"},
	},
}
