# Prints one line a figure, "set name value", for the judge of pooling. Arguments: folder of CSV files with y, v, x.
suppressMessages(library(metafor))
reml <- list(threshold = 1e-13, maxiter = 5000)
pm <- list(tol = 1e-14, maxiter = 5000)
for (file in list.files(commandArgs(TRUE)[1], pattern = "csv$", full.names = TRUE)) {
  d <- read.csv(file)
  say <- function(name, value) cat(sprintf("%s %s %.17g\n", sub(".csv$", "", basename(file)), name, value), sep = "")
  for (method in c("REML", "DL", "PM")) {
    f <- rma(d$y, d$v, method = method, control = if (method == "PM") pm else reml)
    values <- c(f$beta, f$se, f$tau2, f$I2 / 100, f$QE, f$QEp, f$ci.lb, f$ci.ub, f$pval)
    say(paste0(method, c("_estimate", "_se", "_tau2", "_i2", "_q", "_qp", "_low", "_high", "_p")), values)
  }
  f <- rma(d$y, d$v, control = reml)
  h <- rma(d$y, d$v, test = "knha", control = reml)
  say(c("hk_se", "hk_low", "hk_high", "hk_p"), c(h$se, h$ci.lb, h$ci.ub, h$pval))
  far <- qt(0.975, f$k - 2) * sqrt(f$tau2 + f$se^2)  # not every version offers t with k - 2
  say(c("pi_low", "pi_high"), c(f$beta) + c(-far, far))
  m <- rma(d$y, d$v, mods = ~ d$x, control = reml)
  say(c("mod_b0", "mod_b1", "mod_se0", "mod_se1", "mod_tau2", "mod_i2", "mod_qe", "mod_qm", "mod_qmp"),
      c(m$beta, m$se, m$tau2, m$I2 / 100, m$QE, m$QM, m$QMp))
  mk <- rma(d$y, d$v, mods = ~ d$x, test = "knha", control = reml)
  say(c("modhk_se0", "modhk_se1", "modhk_p1"), c(mk$se, mk$pval[2]))
  g <- rma(d$y, d$v, mods = ~ factor(d$g), control = reml)
  say(c("cat_b1", "cat_b2", "cat_qm", "cat_tau2"), c(g$beta[2:3], g$QM, g$tau2))
  l <- leave1out(f)
  say(paste0("l1o_estimate_", seq_along(l$estimate)), l$estimate)
  say(paste0("l1o_tau2_", seq_along(l$tau2)), l$tau2)
  n <- influence(f)$inf
  say(paste0("rstudent_", seq_along(n$rstudent)), n$rstudent)
  say(paste0("cooks_", seq_along(n$cook.d)), n$cook.d)
  say(paste0("dffits_", seq_along(n$dffits)), n$dffits)
  say(paste0("covr_", seq_along(n$cov.r)), n$cov.r)
  say(paste0("weight_", seq_along(n$weight)), n$weight / 100)
  e <- regtest(f, model = "lm")
  say(c("egger_slope", "egger_se", "egger_p"),
      c(coef(summary(e$fit))[2, 1], coef(summary(e$fit))[2, 2], e$pval))
  t <- trimfill(f)
  say(c("fill_k0", "fill_right", "fill_estimate", "fill_tau2"), c(t$k0, t$side == "right", t$beta, t$tau2))
}
s <- escalc("SMD", m1i = 8.9, sd1i = 4.5, n1i = 45, m2i = 11.3, sd2i = 4.8, n2i = 50)
cat(sprintf("sizes %s %.17g\n", c("g", "gv"), c(s$yi, s$vi)), sep = "")
o <- escalc("OR", ai = 12, n1i = 40, ci = 7, n2i = 38)
cat(sprintf("sizes %s %.17g\n", c("or", "orv"), c(o$yi, o$vi)), sep = "")
r <- escalc("RR", ai = 12, n1i = 40, ci = 7, n2i = 38)
cat(sprintf("sizes %s %.17g\n", c("rr", "rrv"), c(r$yi, r$vi)), sep = "")
z <- escalc("OR", ai = 0, n1i = 20, ci = 5, n2i = 20)
cat(sprintf("sizes %s %.17g\n", c("orz", "orzv"), c(z$yi, z$vi)), sep = "")
