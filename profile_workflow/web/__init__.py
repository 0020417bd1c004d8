"""What several pages share: navigation, loading, refusing."""
