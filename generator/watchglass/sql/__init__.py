"""SQL templates with neutral words become typed pieces, and these the text of each dialect."""
