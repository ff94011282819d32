"""The design language and the pages that join rooms."""
