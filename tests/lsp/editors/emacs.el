;;; What a user of Emacs sees with Eglot: a diagnostic, a hover, a quick fix.
;;;
;;;   COROLINT="path of corolint" emacs --batch -q -l tests/lsp/editors/emacs.el </dev/null
;;;
;;; Prints what it saw, and ends with status 1 if anything of it is missing.

(require 'eglot)
(require 'flymake)

(defvar corolint (or (getenv "COROLINT") "corolint"))
(defvar folder (file-name-as-directory (make-temp-file "corolint" t)))
(defvar file (expand-file-name "example.py" folder))
(defvar missing nil)

(defun expect (what found)
  (unless found (push what missing)))

(defun wait-for (condition)
  "Lets Emacs work until CONDITION holds, at most 20 seconds."
  (let ((end (+ (float-time) 20)))
    (while (and (not (funcall condition)) (< (float-time) end))
      (accept-process-output nil 0.05))
    (funcall condition)))

(with-temp-file (expand-file-name "pyproject.toml" folder))
(with-temp-file file
  (set-buffer-file-coding-system 'utf-8-unix)
  (insert "async def fetch(url: str) -> bytes:\n    return b\"\"\n\n\n"
          "async def main() -> None:\n    name = \"𝒳𝒴\"; fetch(name)\n"
          "    coroutine = fetch(name)\n    coroutine.send(None)\n"))

(setq eglot-server-programs `((python-mode . (,corolint "server")))
      eglot-sync-connect 20
      eglot-confirm-server-initiated-edits nil
      project-vc-merge-submodules nil)
(defun here (_directory) (cons 'transient folder))
(add-hook 'project-find-functions #'here)

(find-file file)
(apply #'eglot--connect (eglot--guess-contact))
(eglot--maybe-activate-editing-mode)
(flymake-mode 1)
(flymake-start)

(wait-for (lambda () (flymake-diagnostics)))
(dolist (each (flymake-diagnostics))
  (message "diagnostic %d %s" (line-number-at-pos (flymake-diagnostic-beg each))
           (flymake-diagnostic-text each)))
(let ((first (car (flymake-diagnostics))))
  (expect "a diagnostic" first)
  (expect "the diagnostic under the name" 
          (and first (save-excursion (goto-char (flymake-diagnostic-beg first))
                                     (looking-at "fetch(name)")))))

(defun hover-on (text)
  (goto-char (point-max))
  (search-backward text)
  (let ((answer (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                 (eglot--TextDocumentPositionParams))))
    (message "hover on %s\n%s" text (plist-get (plist-get answer :contents) :value))
    (or (plist-get (plist-get answer :contents) :value) "")))

(expect "a hover on send" (string-match-p "coroutine.send" (hover-on "send")))
(expect "a hover on a function" (string-match-p "coroutine function" (hover-on "fetch(name)\n    cor")))

(goto-char (point-min))
(search-forward "; fetch")
(let ((titles (mapcar (lambda (action) (plist-get action :title))
                      (eglot-code-actions (1- (point)) (point) nil nil))))
  (message "code actions: %s" (string-join titles "; "))
  (expect "a quick fix" titles))

(let ((server (eglot-current-server)))
  (eglot-shutdown server nil 10)
  (expect "the end of the server" (wait-for (lambda () (not (jsonrpc-running-p server))))))

(if missing
    (progn (message "missing: %s" (string-join missing ", "))
           (kill-emacs 1))
  (message "all seen"))
