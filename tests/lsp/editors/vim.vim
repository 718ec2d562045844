" What a user of Vim sees with ALE: a diagnostic.
"
"   COROLINT=… ALE=… REPORT=… vim -Nu NONE -i NONE -S tests/lsp/editors/vim.vim </dev/null
"
" with the paths of corolint, of the plugin, and of a file for what was seen. Needs a terminal, which
" `script -qc "vim …" /dev/null` gives. Ends with status 1 if the diagnostic is missing.

set nocompatible encoding=utf-8
let &runtimepath = $ALE . ',' . &runtimepath
runtime plugin/ale.vim
filetype plugin on

let s:folder = tempname()
call mkdir(s:folder, 'p')
call writefile([], s:folder . '/pyproject.toml')
call writefile([
\  'async def fetch(url: str) -> bytes:',
\  '    return b""',
\  '',
\  '',
\  'async def main() -> None:',
\  '    name = "𝒳𝒴"; fetch(name)',
\], s:folder . '/example.py')

let g:ale_linters = {'python': ['corolint']}
let g:ale_lint_on_enter = 1
function! s:Command(buffer) abort
  return '%e server'
endfunction
function! s:Executable(buffer) abort
  return empty($COROLINT) ? 'corolint' : $COROLINT
endfunction
function! s:Root(buffer) abort
  return s:folder
endfunction
call ale#linter#Define('python', {
\   'name': 'corolint',
\   'lsp': 'stdio',
\   'executable': function('s:Executable'),
\   'command': function('s:Command'),
\   'project_root': function('s:Root'),
\})

execute 'edit ' . s:folder . '/example.py'
let s:tries = 0
function! s:Look(timer) abort
  let s:tries += 1
  let l:found = ale#engine#GetLoclist(bufnr(''))
  if empty(l:found) && s:tries < 400
    call timer_start(50, function('s:Look'))
    return
  endif
  let l:lines = map(copy(l:found), {_, each -> 'diagnostic ' . each.lnum . ':' . each.col . ' ' . each.text})
  call writefile(empty(l:lines) ? ['missing: a diagnostic'] : l:lines + ['all seen'], $REPORT)
  execute empty(l:lines) ? 'cquit!' : 'qall!'
endfunction
call timer_start(50, function('s:Look'))
