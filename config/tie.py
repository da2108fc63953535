"""Becomes another program, as another user if asked, that is sent a signal when its parent dies (Linux).

Run as a file, with the signal's number, the parent's number, the user's number or `-`, and the program with its
arguments. It becomes the user before it asks for the signal, since changing users takes that wish back.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def ask_for_signal(farewell: int) -> None:
    """Have this process sent the signal when the thread that started it ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, farewell)


def main() -> None:
    """Tie this process to its parent, then become the program."""
    farewell, parent, user, *command = sys.argv[1:]
    if user != "-":
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    ask_for_signal(int(farewell))
    if os.getppid() != int(parent):
        sys.exit("The process that started this one has ended.")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
