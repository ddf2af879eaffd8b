"""The book: accounts, entries, postings. It knows paths of accounts and no creator."""
