"""Who may ask: people, systems, and what they show for it."""
