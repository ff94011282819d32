"""FHIR R4, out and in: one file a family of resources, plain dictionaries, no clock. Process notes have no builder here."""
