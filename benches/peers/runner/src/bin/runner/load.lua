-- Every request comes from the next of the browsers whose cookies are in the file, one a line.
local requests, number = {}, 0

function init(arguments)
  for cookie in io.lines(arguments[1]) do
    wrk.headers["Cookie"] = cookie
    requests[#requests + 1] = wrk.format()
  end
  if #requests == 0 then
    requests[1] = wrk.format()
  end
end

function request()
  number = number % #requests + 1
  return requests[number]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  local line = "result %d %d %d %d %d\n"
  local median, late = latency:percentile(50), latency:percentile(99)
  io.write(line:format(summary.requests, summary.duration, failed, median, late))
end
