# Combines the rows of each study and pools every set, for the judge of the open trial data.
# Arguments: a folder of CSV files with study, y, v. Prints "set name value" lines.
suppressMessages(library(metafor))
reml <- list(threshold = 1e-13, maxiter = 5000, stepadj = 0.5)
pm <- list(tol = 1e-14, maxiter = 5000)
for (file in list.files(commandArgs(TRUE)[1], pattern = "csv$", full.names = TRUE)) {
  d <- read.csv(file)
  say <- function(name, value) cat(sprintf("%s %s %.17g\n", sub(".csv$", "", basename(file)), name, value), sep = "")
  d <- escalc(measure = "GEN", yi = y, vi = v, data = d)
  one <- aggregate(d, cluster = study, struct = "CS", rho = 0.6, weighted = FALSE)
  say("k", nrow(one))
  for (method in c("REML", "DL", "PM")) {
    f <- rma(one$yi, one$vi, method = method, control = if (method == "PM") pm else reml)
    say(paste0(method, c("_estimate", "_se", "_tau2", "_i2", "_q")), c(f$beta, f$se, f$tau2, f$I2 / 100, f$QE))
  }
}
