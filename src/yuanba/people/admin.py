"""The operators' back office for accounts, keys and the ground of people. No phone number is ever decrypted here."""
