"""The sample marketplace: an invented US market whose true CTRs are known.

Everything here is invented: shops, creators, figures. It describes no real market.
"""
