# Reads the tables of this folder with R alone, no package needed:
#
#   source("read.R")
#   tables <- read_study()          # or read_study("path/to/the/folder")
#   head(tables$hours)
#
# dictionary.csv says what each column is and of which kind. An empty cell is missing (NA), of text too. Days are Dates.

read_study <- function(folder = ".") {
  dictionary <- read.csv(
    file.path(folder, "dictionary.csv"),
    colClasses = "character", na.strings = character(0), encoding = "UTF-8"
  )
  names <- unique(dictionary$table)
  tables <- lapply(names, function(name) .read_table(folder, name, dictionary[dictionary$table == name, ]))
  names(tables) <- names
  tables
}

.read_table <- function(folder, name, columns) {
  kinds <- c(text = "character", whole = "integer", number = "numeric", flag = "logical")[columns$type]
  kinds[columns$unit == "ISO 8601"] <- "Date"
  names(kinds) <- columns$column
  table <- read.csv(
    file.path(folder, paste0(name, ".csv")),
    colClasses = kinds, na.strings = "", encoding = "UTF-8", check.names = FALSE
  )
  # An apostrophe stands before a text that a spreadsheet would calculate, and before one that begins with one.
  for (column in columns$column[kinds == "character"]) {
    table[[column]] <- sub("^'", "", table[[column]])
  }
  table
}
