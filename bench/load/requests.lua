-- Gives wrk requests that were prepared and signed beforehand, read from the file named by its argument as a sequence of
-- `<length>\n<bytes>`. They are repeated round-robin; `sent` tells whether that happened. Prints the result as JSON.
local threads = {}
local requests = {}
sent = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for length in file:lines() do
    requests[#requests + 1] = file:read(tonumber(length))
  end
  file:close()
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"requests":%d,"failed":%d,"seconds":%f,"sent":%d,"p50Ms":%f,"p99Ms":%f}',
    summary.requests, failed, summary.duration / 1e6, threads[1]:get("sent"),
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
