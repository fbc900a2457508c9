"""``python -m yuanba`` is the same as the ``yuanba`` script."""

from yuanba.cli import main

if __name__ == "__main__":
    main()
