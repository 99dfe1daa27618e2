-- What `wrk` sends and says (see Load.ts): the request in the file that is its argument, byte for byte, over and over; at the end one line of JSON.

local bytes

function init(args)
  local file = assert(io.open(args[1], "rb"))
  bytes = file:read("*a")
  file:close()
end

function request()
  return bytes
end

function done(summary, latency)
  local failed = summary.errors
  local errors = failed.connect + failed.read + failed.write + failed.status + failed.timeout
  io.write(
    string.format(
      '{"requests":%d,"errors":%d,"elapsedMicros":%d,"p50":%d,"p99":%d,"cpuSeconds":%.3f}\n',
      summary.requests,
      errors,
      summary.duration,
      latency:percentile(50),
      latency:percentile(99),
      os.clock()
    )
  )
end
