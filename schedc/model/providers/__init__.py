"""Who answers: a service that speaks the Messages API, or a command."""
