"""`python -m bouncer`, which is also how a reload starts the program anew."""

from bouncer.cli.app import main

if __name__ == "__main__":
    main()
