"""What `import linkstar` gives in a notebook."""
