-- What a user of KrakenD Community can do today: the credit card and the e-mail
-- rule of the seed policy, for modifier/lua-backend with allow_open_libs.
--
-- KrakenD makes one Lua state per request and runs "pre" and "post" in it, so
-- these variables carry the originals from the request to its answer.
local originals = {}
local placeholders = {}

local function placeholder(kind, value, counter)
  if not placeholders[value] then
    counter.n = counter.n + 1
    local name = "[REDACTED_" .. kind .. "_" .. counter.n .. "]"
    placeholders[value] = name
    originals[name] = value
  end
  return placeholders[value]
end

-- Lua patterns know neither alternatives nor counts nor \b: the pattern finds
-- digit runs, and this decides what the policy's regular expression would.
local function is_card(digits)
  local n = #digits
  local two = digits:sub(1, 2)
  if digits:sub(1, 1) == "4" then
    return n == 13 or n == 16
  elseif two >= "51" and two <= "55" then
    return n == 16
  elseif two == "34" or two == "37" then
    return n == 15 or n == 14
  elseif digits:sub(1, 1) == "3" then
    return n == 14
  end
  return n == 16 and (digits:sub(1, 4) == "6011" or two == "65")
end

function mask(r)
  local cards, emails = { n = 0 }, { n = 0 }
  local body = r:body()
  body = body:gsub("%d%d%d%d%d%d%d%d%d%d%d%d%d+", function(digits)
    return is_card(digits) and placeholder("CC", digits, cards)
  end)
  body = body:gsub("[%w%._%%%+%-]+@[%w%.%-]+%.%a%a+", function(address)
    return placeholder("EMAIL", address, emails)
  end)
  r:body(body)
end

function restore(r)
  local body = r:body():gsub("%[REDACTED_%u+_%d+%]", originals)
  r:body(body)
  -- The upstream's length no longer fits.
  r:headers("Content-Length", tostring(#body))
end
