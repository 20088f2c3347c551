# A portal that is not ours: who has allowed the run, within which bounds, and what could not be had.

target-address = Target
target-address-said = { $url } at { $ip }
target-allowed-by = Allowed by
target-ceiling = Ceiling
target-ceiling-said = { COUNT($per_s, "request") } a second
target-headers = Headers added
target-missing-steps = Steps that it lacks
target-not-audited = Not audited: the portal's books cannot be read, so whether all that was acknowledged is still there is not known.
target-left-out = Left out of the plan, as the portal lacks steps that they need: { COUNT($visits, "visit") }, for { $purposes }.
rate-ceiling = { $passes ->
    [yes] No request had to wait for the ceiling of the target file.
   *[other] The ceiling of the target file held back { COUNT($held, "request") } ({ PERCENT($share) }), by { DURATION($mean_ms) } on average, so latencies are partly the ceiling's own. Let fewer candidates come (--scale), or have the ceiling raised.
}
