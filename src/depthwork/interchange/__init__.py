"""Leaving and arriving: FHIR, web annotations, case package, CSV and Parquet."""
