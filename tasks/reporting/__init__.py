"""Reports upward and books of record: figures from the record, drafts as docx, 台账 as xlsx."""
