-- Requests of wrk, one a line of the file REQUESTS: address, a tab, the tag that the client has (or nothing). LINES are
-- skipped first, so that no round repeats the searches of another. PAUSE_MS is the mean pause of a connection before
-- each request, exponential as arrivals are; FROM is the client's address, or "many" for a new one each time.
local requests, at = {}, 0
local pause = tonumber(os.getenv("PAUSE_MS") or "0")
local from = os.getenv("FROM") or ""

function init()
  math.randomseed(tonumber(os.getenv("LINES") or "0") + 1)
  for line in io.lines(os.getenv("REQUESTS")) do
    local path, tag = line:match("^(%S+)\t?(.*)$")
    wrk.headers["If-None-Match"] = tag ~= "" and tag or nil
    wrk.headers["Accept-Encoding"] = os.getenv("ACCEPTED")
    local client = from
    if from == "many" then client = "198.18." .. #requests % 250 .. "." .. math.floor(#requests / 250) % 250 end
    wrk.headers["X-Forwarded-For"] = client ~= "" and client or nil
    requests[#requests + 1] = wrk.format("GET", path)
  end
  at = tonumber(os.getenv("LINES") or "0")
end

function request()
  at = at + 1
  return requests[at % #requests + 1]
end

if pause > 0 then
  function delay() return math.floor(-math.log(1 - math.random()) * pause + 0.5) end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"seconds":%f,"bytes":%d,"refused":%d,"broken":%d,"p50_ms":%f,"p99_ms":%f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
