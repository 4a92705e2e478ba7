"""What a téléexpertise reckons, as plain Python: deadlines, red flags, healing, drawings."""
