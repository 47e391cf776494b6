"""What several tests share: builders, twins and real servers."""
