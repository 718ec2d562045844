-- Shows in a real Neovim (0.11 or later) what a user sees: a diagnostic, a hover, a quick fix.
--
--   COROLINT="path of corolint" nvim --headless --clean -u NONE -l tests/lsp/editors/neovim.lua </dev/null
--
-- Prints what it saw, and ends with status 1 if anything of it is missing.

local folder = vim.fn.tempname()
vim.fn.mkdir(folder, "p")
vim.fn.writefile({}, folder .. "/pyproject.toml")
local file = folder .. "/example.py"
vim.fn.writefile({
  "async def fetch(url: str) -> bytes:",
  '    return b""',
  "",
  "",
  "async def main() -> None:",
  '    name = "𝒳𝒴"; fetch(name)',
  "    coroutine = fetch(name)",
  "    coroutine.send(None)",
}, file)

local missing = {}
local function expect(what, found)
  if not found then
    table.insert(missing, what)
  end
end

vim.lsp.config("corolint", {
  cmd = { vim.env.COROLINT or "corolint", "server" },
  filetypes = { "python" },
  root_markers = { "corolint.toml", "pyproject.toml", ".git" },
  settings = { corolint = {} },
})
vim.lsp.enable("corolint")
vim.cmd("filetype on")
vim.cmd.edit(file)

vim.wait(20000, function()
  return #vim.diagnostic.get(0) > 0
end, 20)
for _, each in ipairs(vim.diagnostic.get(0)) do
  print(("diagnostic %d:%d %s [%s]"):format(each.lnum + 1, each.col + 1, each.message, each.code))
end
local first = vim.diagnostic.get(0)[1]
expect("a diagnostic", first)
-- The two letters before it take four bytes each, and Neovim counts bytes.
expect("the diagnostic at line 6, byte 24", first and first.lnum == 5 and first.col == 23)

local client = vim.lsp.get_clients({ name = "corolint" })[1]
expect("a client", client)

local function hover(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = client:request_sync("textDocument/hover", params, 20000, 0)
  local text = answer and answer.result and answer.result.contents.value or ""
  print(("hover %d:%d"):format(line, column + 1))
  print((text:gsub("\n", "\n    "):gsub("^", "    ")))
  return text
end

expect("a hover on a coroutine function", hover(7, 17):find("coroutine function"))
expect("a hover on send", hover(8, 15):find("coroutine.send", 1, true))

vim.api.nvim_win_set_cursor(0, { 6, 23 })
local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
params.context = { diagnostics = {}, only = { "quickfix" } }
local answer = client:request_sync("textDocument/codeAction", params, 20000, 0)
local titles = {}
for _, action in ipairs(answer and answer.result or {}) do
  table.insert(titles, action.title)
end
print("code actions: " .. table.concat(titles, "; "))
expect("a quick fix", #titles > 0)

client:stop()
expect("the end of the server", vim.wait(10000, function()
  return client:is_stopped()
end, 20))

if #missing > 0 then
  print("missing: " .. table.concat(missing, ", "))
  vim.cmd.cquit()
end
print("all seen")
vim.cmd.quitall({ bang = true })
