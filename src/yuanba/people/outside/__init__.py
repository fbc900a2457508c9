"""Signing in with an account of somebody else's making: OpenID Connect, WeChat, DingTalk, Feishu.

allauth speaks with the services. Which ones there are is read from settings when somebody uses one, so that without any
nothing of it is loaded; and what becomes of an account that a service vouches for is decided here.
"""
