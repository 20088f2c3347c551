"""The portal's pages: the same operations as the JSON interface (mock_server/routes/), as forms for people.

A page knows no rule: its handler reads the form into the struct that the JSON interface takes, calls the same handler,
and shows what that refuses beside the field. Candidates are known by a cookie in place of the Authorization header.
"""
